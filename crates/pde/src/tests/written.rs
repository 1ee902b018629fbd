//! Printing and parsing: snapshots, round trips, error messages.

use num_complex::Complex64;

use crate::tests::{every_equation, of_density};
use crate::{
    Axis, Dimension, Expr, Form, MultiIndex, PdeError, Symbol, adjoint, helmholtz, linear_form, linearise,
    parse, sensitivity_kernel, split_complex,
};

#[test]
fn helmholtz_as_text() {
    assert_eq!(
        helmholtz(Dimension::Two, Form::Total).to_string(),
        "dx((e_z/e_x) dx(u)) + dz((e_x/e_z) dz(u)) + e_x e_z omega^2 m u - f = 0"
    );
    assert_eq!(
        helmholtz(Dimension::Three, Form::Scattered).to_string(),
        "dx((e_y e_z/e_x) dx(u)) + dy((e_x e_z/e_y) dy(u)) + dz((e_x e_y/e_z) dz(u)) \
         + e_x e_y e_z omega^2 m (u0 + u) - e_x e_y e_z omega^2 m0 u0 = 0"
    );
}

#[test]
fn helmholtz_as_latex() {
    assert_eq!(
        helmholtz(Dimension::Two, Form::Total).to_latex(),
        r"\frac{\partial}{\partial x}\left(\frac{e_z}{e_x}\,\frac{\partial u}{\partial x}\right) + \
          \frac{\partial}{\partial z}\left(\frac{e_x}{e_z}\,\frac{\partial u}{\partial z}\right) + \
          e_x\,e_z\,\omega^2\,m\,u - f = 0"
            .replace("\\\n          ", "")
    );
}

#[test]
fn helmholtz_split_as_text() {
    assert_eq!(
        split_complex(&helmholtz(Dimension::One, Form::Total)).to_string(),
        "re dx((e_x_re dx(u_re) + e_x_im dx(u_im))/(e_x_re^2 + e_x_im^2)) + e_x_re omega^2 m u_re - e_x_im omega^2 m u_im \
         - f_re\n\
         im dx((e_x_re dx(u_im) - e_x_im dx(u_re))/(e_x_re^2 + e_x_im^2)) + e_x_re omega^2 m u_im + e_x_im omega^2 m u_re \
         - f_im"
    );
}

fn symbols() -> Vec<Symbol> {
    vec![
        Symbol::unknown("u", &[Axis::X, Axis::Z], "Pa").complex(),
        Symbol::parameter("m", &[Axis::X, Axis::Z], "s^2/m^2"),
        Symbol::coefficient("e_x", &[Axis::X], "1").complex(),
        Symbol::constant("omega", "rad/s"),
    ]
}

#[test]
fn latex_of_what_the_catalogue_lacks() {
    for (text, latex) in [
        ("dxz(u)", r"\frac{\partial^2 u}{\partial x\,\partial z}"),
        ("dxxz(m u)", r"\frac{\partial^3}{\partial x^2\,\partial z}\left(m\,u\right)"),
        ("dx(u)^2", r"\left(\frac{\partial u}{\partial x}\right)^2"),
        ("-2.5i m^12 / (u + 1)^2", r"-\frac{2.5\mathrm{i}\,m^{12}}{\left(u + 1\right)^2}"),
        ("1/e_x", r"\frac{1}{e_x}"),
    ] {
        assert_eq!(parse(text, &symbols()).unwrap().to_latex(), latex);
    }
    let named = |name: &str| Expr::symbol(&Symbol::constant(name, "1")).to_latex();
    assert_eq!(
        ["delta_m", "e_x_re", "vp", "u10"].map(named),
        [r"\delta m", r"e_{x,\mathrm{re}}", r"\mathrm{vp}", "u_{10}"]
    );
}

/// parse(text(e)) = e for everything derived from the catalogue.
#[test]
fn text_is_read_back() {
    for equation in every_equation() {
        let split = split_complex(&equation);
        let mut exprs = vec![
            equation.residual.clone(),
            equation.residual.expand(),
            adjoint(&equation).unwrap().residual,
            split.re,
            split.im,
        ];
        exprs.extend(linear_form(&equation).unwrap().terms.into_iter().map(|(_, coefficient)| coefficient));
        exprs.extend(equation.parameters.iter().map(|p| sensitivity_kernel(&equation, &p.name).unwrap()));
        for expr in exprs {
            assert_eq!(parse(&expr.to_string(), &expr.symbols()).unwrap(), expr, "{expr}");
        }
    }
}

/// What the parser accepts and how it is printed: products with a space or `*`, real and imaginary numbers.
#[test]
fn text_has_one_spelling() {
    for (typed, printed) in [
        ("u*m - m u", "0"),
        ("dx(dz(u))", "dxz(u)"),
        ("dz(dx(m*u))", "dzx(m u)"),
        ("2 (u + m)", "2 u + 2 m"),
        ("u m / u", "m"),
        ("1e-3 u + 2.5e1", "0.001 u + 25"),
        ("(1 - 2i) u", "(1 - 2i) u"),
        ("i i u", "-u"),
        ("u/(m omega)^2", "(1/(m^2 omega^2)) u"),
        ("dx(omega^2 u)", "omega^2 dx(u)"),
        ("omega^-1", "1/omega"),
        ("dz(e_x)", "0"),
        ("(dx(u))^2", "dx(u)^2"),
        ("-i u - (2 + m)", "-i u - 2 - m"),
    ] {
        let expr = parse(typed, &symbols()).unwrap();
        assert_eq!(expr.to_string(), printed, "{typed}");
        assert_eq!(parse(printed, &symbols()).unwrap(), expr, "{printed}");
    }
}

#[test]
fn parse_errors_say_where_expected_and_found() {
    for (text, message) in [
        ("", "column 1: expected a number, a symbol, a derivative or `(`, found end of text"),
        ("u + ", "column 5: expected a number, a symbol, a derivative or `(`, found end of text"),
        ("u + * m", "column 5: expected a number, a symbol, a derivative or `(`, found `*`"),
        ("dx(u", "column 5: expected `)`, found end of text"),
        ("u )", "column 3: expected an operator or the end of the text, found `)`"),
        ("u^m", "column 3: expected an integer power, found `m`"),
        ("u^9999999999", "column 3: expected an integer power, found `9`"),
        ("u + 1.2.3", "column 5: expected a number, found `1`"),
        ("u / 0", "column 5: expected a divisor other than 0, found `0`"),
        ("u + dy(m)", "column 5: expected derivatives along x, z, found `dy`: no symbol depends on y"),
        ("dxxxxxxxxx(u)", "column 1: unknown symbol `dxxxxxxxxx`; declared are: u, m, e_x, omega"),
        ("u + v", "column 5: unknown symbol `v`; declared are: u, m, e_x, omega"),
    ] {
        assert_eq!(parse(text, &symbols()).unwrap_err().to_string(), message);
    }
    let deep = parse(&"(".repeat(100_000), &symbols()).unwrap_err();
    assert!(deep.to_string().starts_with("column 32: expected at most 30 nested parentheses"), "{deep}");
}

#[test]
fn other_errors_say_what_is_missing() {
    let equation = helmholtz(Dimension::One, Form::Total);
    let nothing = |_: &str, _: &MultiIndex, _: &[f64]| -> Option<Complex64> { None };
    let missing = equation.residual.eval(&nothing, &[0.5]).unwrap_err();
    assert_eq!(missing.to_string(), "no value for dx of `u` at [0.5]");
    let unknown = linearise(&equation, "rho").unwrap_err();
    assert_eq!(unknown.to_string(), "equation `helmholtz_total` has no parameter `rho`; it has: m");
    let under = linearise(&of_density(Dimension::One), "rho").unwrap_err();
    assert_eq!(
        under.to_string(),
        "`rho` stands under dx: dR/drho is not a pointwise factor, use `perturb` or `sensitivity_kernel`"
    );
    let residual = parse("u^2 + m u", &symbols()).unwrap();
    let nonlinear = crate::Equation { residual, unknown: symbols().remove(0), ..equation };
    let expected = PdeError::NotLinear { symbol: "u".into(), term: "u^2".into() };
    assert_eq!(linear_form(&nonlinear), Err(expected.clone()));
    assert_eq!(crate::discretise(&nonlinear, 2), Err(expected.clone()));
    assert_eq!(adjoint(&nonlinear), Err(expected.clone()));
    assert_eq!(expected.to_string(), "expected an expression linear in `u`, found `u^2`");
    assert_eq!(
        crate::discretise(&nonlinear, 3).unwrap_err().to_string(),
        "expected an even stencil order of at least 2, found 3"
    );
}
