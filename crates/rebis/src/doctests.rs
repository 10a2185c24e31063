//! The documents of the repository as tests: every Rust block in them compiles and runs.

macro_rules! documents {
    ($($name:ident = $path:literal;)*) => {$(
        #[doc = include_str!(concat!("../../../", $path))]
        #[allow(dead_code)]
        struct $name;
    )*};
}

documents! {
    Readme = "README.md";
}
