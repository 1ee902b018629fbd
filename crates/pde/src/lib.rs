//! pde
