//! With the feature `libtorch`: where the command and the tests find LibTorch when they run.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Set by the build script of fields, only with the feature.
    if let Ok(folder) = std::env::var("DEP_FIELDS_LIBTORCH_LIB") {
        println!("cargo::rustc-env=FWI_LIBTORCH_LIB={folder}");
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
