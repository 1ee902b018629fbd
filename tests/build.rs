//! With the feature `libtorch`: where the tests find LibTorch when they run.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Set by the build script of fields, only with the feature.
    if let Ok(folder) = std::env::var("DEP_FIELDS_LIBTORCH_LIB") {
        // Not LIBTORCH_LIB: cargo hands it on to what a test starts, and torch-sys would build for it.
        println!("cargo::rustc-env=FWI_LIBTORCH_LIB={folder}");
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
