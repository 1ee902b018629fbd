//! Which module of a crate imports which, and the circles among them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, UseTree, Visibility};

/// A path of names from the root of the crate: a module, or an item of one.
type Names = Vec<String>;

/// A module with a file of its own.
#[derive(Default)]
struct Module {
    items: Vec<Item>,
    children: BTreeSet<String>,
    /// Names of the items that it defines.
    defined: BTreeSet<String>,
    /// Names that it imports or re-exports, with the path as written; `*` may stand there several times.
    imported: Vec<(String, Names)>,
}

/// All modules of a crate that are compiled without tests.
pub(crate) struct Modules(BTreeMap<Names, Module>);

impl Modules {
    /// Reads a crate from its `src/lib.rs`.
    pub(crate) fn of(lib: &Path) -> Self {
        let mut all = Self(BTreeMap::new());
        all.read(lib, lib.parent().unwrap(), Vec::new());
        all
    }

    /// Reads a module; its children without a `#[path]` are files in `folder`.
    fn read(&mut self, file: &Path, folder: &Path, name: Names) {
        let text = std::fs::read_to_string(file).unwrap();
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let items: Vec<Item> = parsed.items.into_iter().filter(|item| !of_tests(attributes(item))).collect();
        let mut module = Module::default();
        for item in &items {
            if let Item::Mod(ItemMod { ident, content: None, attrs, .. }) = item {
                let child = ident.to_string();
                // A `#[path]` is relative to the folder of the file that has it.
                let named = file_of(attrs).map(|path| file.with_file_name("").join(path));
                let flat = named.unwrap_or_else(|| folder.join(format!("{child}.rs")));
                let path = if flat.exists() { flat } else { folder.join(&child).join("mod.rs") };
                let below = [&name[..], std::slice::from_ref(&child)].concat();
                self.read(&path, &path.with_extension(""), below);
                module.children.insert(child);
            } else {
                module.defined.extend(defined(item));
            }
            if let Item::Use(item) = item {
                flatten(&item.tree, &mut Vec::new(), &mut module.imported);
            }
            if let Item::Macro(item) = item
                && let Some(ident) = item
                    .ident
                    .as_ref()
                    .filter(|_| item.attrs.iter().any(|a| a.path().is_ident("macro_export")))
            {
                // An exported macro is an item of the root; it is looked up where it is written.
                self.0.entry(Vec::new()).or_default().imported.push((
                    ident.to_string(),
                    [vec!["crate".to_owned()], name.clone(), vec![ident.to_string()]].concat(),
                ));
            }
        }
        module.items = items;
        let slot = self.0.entry(name).or_default();
        module.imported.append(&mut slot.imported);
        *slot = module;
    }

    /// The module with a file of its own that a path written in `from` needs; `None` for other crates and for names that a
    /// module defines itself.
    fn target(&self, from: &Names, path: &[String], depth: usize) -> Option<Names> {
        let module = &self.0[from];
        let (first, rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => from.clone(),
            "super" => from[..from.len().checked_sub(1)?].to_vec(),
            name if module.children.contains(name) => [&from[..], &[name.to_owned()]].concat(),
            name => {
                let (_, written) = module.imported.iter().find(|(known, _)| known == name)?;
                if depth == 0 || written[..] == *path {
                    return None;
                }
                return self.target(from, &[&written[..], rest].concat(), depth - 1);
            }
        };
        for (k, name) in rest.iter().enumerate() {
            if name == "super" {
                at.pop();
            } else if self.0[&at].children.contains(name) {
                at.push(name.clone());
            } else {
                return Some(self.item(&at, &rest[k..], depth).unwrap_or(at));
            }
        }
        // A module by itself is a name only; what is used of it is another path.
        None
    }

    /// Where an item is that a module re-exports; `None` when the module itself defines it.
    fn item(&self, at: &Names, path: &[String], depth: usize) -> Option<Names> {
        let (module, name) = (&self.0[at], path.first()?);
        if depth == 0 || module.defined.contains(name) {
            return None;
        }
        if let Some((_, written)) = module.imported.iter().find(|(known, _)| known == name) {
            return self.target(at, &[&written[..], &path[1..]].concat(), depth - 1);
        }
        module.imported.iter().filter(|(known, _)| known == "*").find_map(|(_, written)| {
            let inside = [&written[..], std::slice::from_ref(name)].concat();
            let found = self.target(at, &inside, depth - 1)?;
            self.0[&found].defined.contains(name).then_some(found)
        })
    }

    /// What every module needs of the others.
    fn needs(&self) -> BTreeMap<&Names, BTreeSet<Names>> {
        self.0
            .iter()
            .map(|(name, module)| {
                let mut paths = Paths::default();
                module.items.iter().for_each(|item| paths.visit_item(item));
                let found = paths.0.iter().filter_map(|path| self.target(name, path, 16));
                (name, found.filter(|other| other != name).collect())
            })
            .collect()
    }

    /// Groups of modules that need one another in a circle, each with what its modules need of the others.
    pub(crate) fn circles(&self) -> Vec<String> {
        let needs = self.needs();
        let reached = |from: &Names| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(name) = next.pop() {
                for other in &needs[&name] {
                    if seen.insert(other.clone()) {
                        next.push(other.clone());
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&Names, BTreeSet<Names>> =
            needs.keys().map(|name| (*name, reached(name))).collect();
        let mut groups: BTreeSet<Vec<&Names>> = BTreeSet::new();
        for (name, from_here) in &reached {
            if from_here.contains(*name) {
                let back = |other: &&Names| from_here.contains(*other) && reached[*other].contains(*name);
                groups.insert(needs.keys().copied().filter(back).collect());
            }
        }
        let shown = |name: &Names| if name.is_empty() { "lib".to_owned() } else { name.join("::") };
        groups
            .iter()
            .map(|group| {
                let line = |name: &&Names| {
                    let within = needs[*name].iter().filter(|other| group.contains(other));
                    format!("{} -> {}", shown(name), within.map(shown).collect::<Vec<_>>().join(", "))
                };
                group.iter().map(line).collect::<Vec<_>>().join("\n")
            })
            .collect()
    }
}

/// The file that a `#[path]` names.
fn file_of(attributes: &[Attribute]) -> Option<PathBuf> {
    let named = attributes.iter().find(|attribute| attribute.path().is_ident("path"))?;
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) =
        &named.meta.require_name_value().ok()?.value
    else {
        return None;
    };
    Some(text.value().into())
}

/// Whether an item is compiled for tests only.
fn of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

/// The name of an item.
fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(i) => &i.ident,
        Item::Enum(i) => &i.ident,
        Item::Fn(i) => &i.sig.ident,
        Item::Macro(i) => i.ident.as_ref()?,
        Item::Mod(i) => &i.ident,
        Item::Static(i) => &i.ident,
        Item::Struct(i) => &i.ident,
        Item::Trait(i) => &i.ident,
        Item::Type(i) => &i.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// The names that a `use` makes, each with its path.
fn flatten(tree: &UseTree, before: &mut Names, found: &mut Vec<(String, Names)>) {
    let path = |last: Option<String>| before.iter().cloned().chain(last).collect::<Names>();
    match tree {
        UseTree::Path(part) => {
            before.push(part.ident.to_string());
            flatten(&part.tree, before, found);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            found.push((before.last().cloned().unwrap_or_default(), path(None)));
        }
        UseTree::Name(name) => found.push((name.ident.to_string(), path(Some(name.ident.to_string())))),
        UseTree::Rename(name) => {
            let last = (name.ident != "self").then(|| name.ident.to_string());
            found.push((name.rename.to_string(), path(last)));
        }
        UseTree::Glob(_) => found.push(("*".to_owned(), path(None))),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, found)),
    }
}

/// Every path in a piece of code.
#[derive(Default)]
struct Paths(Vec<Names>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    /// What a module imports for itself; what it re-exports is not its own need.
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if matches!(item.vis, Visibility::Inherited) {
            let mut found = Vec::new();
            flatten(&item.tree, &mut Vec::new(), &mut found);
            self.0.extend(found.into_iter().map(|(_, path)| path));
        }
    }

    /// Inside of a macro there are words: paths are what colons join.
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        let text = call.tokens.to_string().replace(" :: ", "::");
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        let paths = words.filter(|word| word.contains("::"));
        self.0.extend(
            paths.map(|word| word.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()),
        );
    }

    fn visit_item(&mut self, item: &'ast Item) {
        if !of_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }
}

/// A crate of which two modules import each other is found out: by a path, through a re-export, or by an item that a parent
/// defines; one that only re-exports its children is not.
#[test]
fn circles_are_found() {
    let circles = |files: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Modules::of(&folder.path().join("lib.rs")).circles()
    };
    let straight = [
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B; #[cfg(test)] mod tests { use crate::a::A; }"),
        ("a.rs", "pub struct A;"),
        ("b.rs", "use super::A; pub struct B(A); #[cfg(test)] mod tests { use super::*; }"),
    ];
    assert_eq!(circles(&straight), [""; 0]);
    let again = ("a.rs", "pub struct A(Vec<crate::B>);");
    assert_eq!(circles(&[straight[0], again, straight[2]]), ["a -> b\nb -> a"]);
    let parent = [
        ("lib.rs", "mod a; fn f() { a::g() } struct F;"),
        ("a.rs", "use super::F; pub fn g() { println!(\"{:?}\", crate::F) }"),
    ];
    assert_eq!(circles(&parent), ["lib -> a\na -> lib"]);
    let deep = [
        ("lib.rs", "mod a;"),
        ("a.rs", "mod b; mod c; pub use c::*;"),
        ("a/b.rs", "use super::C; pub struct B;"),
        ("a/c.rs", "pub struct C; use super::b; type X = b::B;"),
    ];
    assert_eq!(circles(&deep), ["a::b -> a::c\na::c -> a::b"]);
}
