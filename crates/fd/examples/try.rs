fn main() {
    let args: Vec<String> = std::env::args().collect();
    let made = std::time::Instant::now();
    let mut case = match args[1].as_str() {
        "hand" => fd::bench::propagator(args[2].parse().unwrap(), args[3].parse().unwrap(), args[4].parse().unwrap(), 1).unwrap(),
        "hand3" => fd::bench::propagator_3d(args[2].parse().unwrap(), args[3].parse().unwrap(), args[4].parse().unwrap(), 1).unwrap(),
        "handgrad" => fd::bench::gradient(args[2].parse().unwrap(), 1).unwrap(),
        "grad" => fd::bench::system_gradient(&args[2], args[3].parse().unwrap()).unwrap(),
        name => {
            let shape: Vec<usize> = args[2].split('x').map(|n| n.parse().unwrap()).collect();
            fd::bench::system(name, &shape, args[3].parse().unwrap(), args[4].parse().unwrap()).unwrap()
        }
    };
    let mut times = vec![];
    println!("made in {:.3} s", made.elapsed().as_secs_f64());
    let start = std::time::Instant::now();
    while times.len() < 3 || start.elapsed().as_secs_f64() < 2.0 {
        let s = std::time::Instant::now();
        case.run().unwrap();
        times.push(s.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    println!("{} {:.3e} best {:.3e} ({:.3} s)", args[1..].join(" "), case.points as f64 / times[times.len() / 2], case.points as f64 / times[0], times[times.len()/2]);
}
