//! The script of a page. The page shows everything without it; it adds comparison by flipping between two maps.

/// Puts a viewer above each gallery of maps that can be compared: two lists choose the maps, and a click, a tap or the
/// space bar flips between them. The script copies the maps and the colour bar of the page, so the file holds each only once.
/// A second list chooses the shot whose gathers are shown.
pub(crate) const TEXT: &str = r#"
for(const gallery of document.querySelectorAll('[data-flip]')){
const maps=[...gallery.querySelectorAll('figure')];
if(maps.length<2)continue;
const names=maps.map(m=>m.dataset.name);
const box=document.createElement('div');box.className='flip';
const lists=[0,1].map(k=>{const list=document.createElement('select');
list.setAttribute('aria-label',k?'Second map':'First map');
names.forEach((n,i)=>list.add(new Option(n,i)));return list});
const planes=names.map(n=>n.replace(/^[^,]*/,'')),start=names.findIndex(n=>n.replace(/,.*/,'')==='start');
const first=start>=0?start:0,last=planes.lastIndexOf(planes[first]);
lists[0].value=first;lists[1].value=start===last?0:last;
const button=document.createElement('button');button.type='button';button.textContent='Flip';
const stage=document.createElement('div');stage.className=gallery.classList.contains('in-1')?'stage wide':'stage';
let side=0;
const show=()=>{const copy=maps[lists[side].value].cloneNode(true);
stage.replaceChildren(copy);lists.forEach((l,k)=>l.classList.toggle('on',k===side))};
const flip=()=>{side=1-side;show()};
lists.forEach((l,k)=>l.addEventListener('change',()=>{side=k;show()}));
button.addEventListener('click',flip);stage.addEventListener('click',flip);
const bar=document.createElement('p');bar.append('Compare ',lists[0],' with ',lists[1],' ',button);
const scale=gallery.nextElementSibling;
box.append(bar,stage);if(scale&&scale.classList.contains('bar'))box.append(scale.cloneNode(true));gallery.before(box);show();
}
for(const shots of document.querySelectorAll('[data-shots]')){
const all=[...shots.querySelectorAll(':scope>details')];
if(all.length<2)continue;
const list=document.createElement('select');list.setAttribute('aria-label','Shot');
all.forEach((d,i)=>list.add(new Option(d.querySelector('summary').textContent,i)));
const open=all.findIndex(d=>d.open);list.value=open<0?0:open;
const show=()=>all.forEach((d,i)=>{d.open=i===+list.value;d.hidden=!d.open});
const step=n=>{list.value=Math.min(all.length-1,Math.max(0,+list.value+n));show()};
const buttons=[['Previous',-1],['Next',1]].map(([text,n])=>{const b=document.createElement('button');
b.type='button';b.textContent=text;b.addEventListener('click',()=>step(n));return b});
list.addEventListener('change',show);
const bar=document.createElement('p');bar.className='shots';bar.append('Shot ',list,' ',...buttons);
all.forEach(d=>d.querySelector('summary').hidden=true);
shots.prepend(bar);show();
}
"#;
