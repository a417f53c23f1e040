//! The words of the template language: every filter, test and function that exists.
//!
//! Left out of minijinja's are those that print text (`safe`, `escape`, `e`, `pprint`, `debug`) and its `attr`, whose
//! name means an attribute name here.

use minijinja::{Environment, filters, functions, tests};

use super::hole;

macro_rules! words {
    ($(#[$docs:meta])* $names:ident, $add:ident, $method:ident, $($name:literal $function:expr,)*) => {
        $(#[$docs])*
        pub(super) const $names: &[&str] = &[$($name),*];

        fn $add(environment: &mut Environment<'static>) {
            $(environment.$method($name, $function);)*
        }
    };
}

words! {
    /// What may stand behind `|`, in order.
    FILTERS, add_filters, add_filter,
    "abs" filters::abs,
    "attr" hole::attr,
    "batch" filters::batch,
    "bool" filters::bool,
    "capitalize" filters::capitalize,
    "chain" filters::chain,
    "comment" hole::comment,
    "count" filters::length,
    "d" filters::default,
    "default" filters::default,
    "dictsort" filters::dictsort,
    "first" filters::first,
    "float" filters::float,
    "format" filters::format,
    "groupby" filters::groupby,
    "indent" filters::indent,
    "int" filters::int,
    "items" filters::items,
    "join" filters::join,
    "last" filters::last,
    "length" filters::length,
    "lines" filters::lines,
    "list" filters::list,
    "lower" filters::lower,
    "map" filters::map,
    "max" filters::max,
    "min" filters::min,
    "reject" filters::reject,
    "rejectattr" filters::rejectattr,
    "replace" filters::replace,
    "reverse" filters::reverse,
    "round" filters::round,
    "select" filters::select,
    "selectattr" filters::selectattr,
    "slice" filters::slice,
    "sort" filters::sort,
    "split" filters::split,
    "string" filters::string,
    "sum" filters::sum,
    "title" filters::title,
    "tojson" filters::tojson,
    "trim" filters::trim,
    "unique" filters::unique,
    "upper" filters::upper,
    "zip" filters::zip,
}

words! {
    /// What may stand behind `is`, in order.
    TESTS, add_tests, add_test,
    "boolean" tests::is_boolean,
    "defined" tests::is_defined,
    "divisibleby" tests::is_divisibleby,
    "endingwith" tests::is_endingwith,
    "eq" tests::is_eq,
    "equalto" tests::is_eq,
    "even" tests::is_even,
    "false" tests::is_false,
    "float" tests::is_float,
    "ge" tests::is_ge,
    "gt" tests::is_gt,
    "in" tests::is_in,
    "integer" tests::is_integer,
    "iterable" tests::is_iterable,
    "le" tests::is_le,
    "lower" tests::is_lower,
    "lt" tests::is_lt,
    "mapping" tests::is_mapping,
    "ne" tests::is_ne,
    "none" tests::is_none,
    "number" tests::is_number,
    "odd" tests::is_odd,
    "sequence" tests::is_sequence,
    "startingwith" tests::is_startingwith,
    "string" tests::is_string,
    "true" tests::is_true,
    "undefined" tests::is_undefined,
    "upper" tests::is_upper,
}

words! {
    /// What may be called, in order.
    FUNCTIONS, add_functions, add_function,
    "dict" functions::dict,
    "namespace" functions::namespace,
    "range" functions::range,
}

/// Adds every word.
pub(super) fn add(environment: &mut Environment<'static>) {
    add_filters(environment);
    add_tests(environment);
    add_functions(environment);
}

#[cfg(test)]
mod tests_of_words {
    use super::*;

    #[test]
    fn words_are_sorted() {
        for words in [FILTERS, TESTS, FUNCTIONS] {
            assert!(words.is_sorted_by(|a, b| a < b));
        }
    }
}
