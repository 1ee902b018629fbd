//! With the feature `libtorch`: where the programs of this package find LibTorch when they run, also told to the build scripts
//! of the packages above.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Set by the build script of torch-sys, so only with the feature.
    if let Ok(folder) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo::metadata=LIBTORCH_LIB={folder}");
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
