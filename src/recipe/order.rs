//! In which order values are made: what others are made from comes first.

use std::collections::{BTreeMap, BTreeSet};

use super::{Recipe, Written};
use crate::diag::{Diagnostic, codes};
use crate::source::Span;
use crate::value::SecretName;

/// Recipes by the secret whose value they make.
pub type Recipes<'r> = BTreeMap<&'r SecretName, &'r Recipe>;

/// Finds the circles: each once, as the names on it, from the first of them in the order of names.
pub fn circles(recipes: &Recipes<'_>) -> Vec<Vec<SecretName>> {
    crate::circles::circles(&recipes.iter().map(|(name, recipe)| (*name, recipe.sources())).collect())
}

/// Puts secrets into an order in which each comes after those that it is made from. There are no circles.
pub fn in_order(recipes: &Recipes<'_>) -> Vec<SecretName> {
    let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
    for name in recipes.keys() {
        visit(recipes, name, &mut seen, &mut order);
    }
    order
}

fn visit<'r>(
    recipes: &Recipes<'r>,
    name: &'r SecretName,
    seen: &mut BTreeSet<&'r SecretName>,
    order: &mut Vec<SecretName>,
) {
    let Some(recipe) = recipes.get(name).filter(|_| seen.insert(name)) else { return };
    for source in recipe.sources() {
        visit(recipes, source, seen, order);
    }
    order.push(name.clone());
}

/// Lists the secrets whose values follow from some others, over any number of steps; those themselves are not among
/// them.
pub fn followers(recipes: &Recipes<'_>, of: &BTreeSet<SecretName>) -> BTreeSet<SecretName> {
    let mut reached = of.clone();
    loop {
        let touched = |recipe: &Recipe| recipe.sources().iter().any(|source| reached.contains(*source));
        let next: Vec<_> = recipes
            .iter()
            .filter(|(name, recipe)| !reached.contains(**name) && touched(recipe))
            .map(|(name, _)| (*name).clone())
            .collect();
        if next.is_empty() {
            return reached.difference(of).cloned().collect();
        }
        reached.extend(next);
    }
}

impl Written {
    /// The diagnostic of a circle.
    pub fn circular(circle: &[SecretName], span: Span) -> Diagnostic {
        let first = &circle[0];
        let way: Vec<_> = circle.iter().chain([first]).map(|name| format!("`{name}`")).collect();
        Diagnostic::new(codes::GENERATOR_CIRCLE, format!("`{first}` is made from itself"))
            .at(span, way.join(" from "))
            .help("take one of these out of `from` or `depends_on`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar as _;

    fn name(text: &str) -> SecretName {
        SecretName::read(text).unwrap()
    }

    fn from(source: &str) -> Recipe {
        Recipe::Bcrypt { from: name(source) }
    }

    #[test]
    fn sources_come_first() {
        let names: Vec<_> = ["a", "b", "c", "d"].map(name).into();
        let made = [from("c"), Recipe::Wireguard, from("b"), from("a")];
        let recipes: Recipes<'_> = names.iter().zip(&made).collect();
        assert_eq!(in_order(&recipes), ["b", "c", "a", "d"].map(name));
        assert_eq!(circles(&recipes), Vec::<Vec<SecretName>>::new());
        assert_eq!(followers(&recipes, &BTreeSet::from([name("c")])), BTreeSet::from([name("a"), name("d")]));
    }

    #[test]
    fn a_circle_is_told_once() {
        let names: Vec<_> = ["a", "b", "c", "d"].map(name).into();
        let made = [from("b"), from("c"), from("b"), from("d")];
        let recipes: Recipes<'_> = names.iter().zip(&made).collect();
        assert_eq!(circles(&recipes), [vec![name("b"), name("c")], vec![name("d")]]);
    }
}
