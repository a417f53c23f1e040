#!/usr/bin/env python3
"""A plain generator, as one writes it in an afternoon: PyYAML and jinja2, one .nix file a host.

    benches/peers/render.py [--c-loader] FLEET OUTPUT

Checks nothing, compares nothing, formats nothing. What `cistern generate` is compared with.
"""

import pathlib
import sys

import jinja2
import yaml

import fleet as cistern_fleet


def main():
    arguments = sys.argv[1:]
    with_c = arguments[0] == "--c-loader"
    source, output = map(pathlib.Path, arguments[with_c:])

    text = (source / "fleet.yaml").read_text()
    definition = yaml.load(text, Loader=yaml.CSafeLoader) if with_c else yaml.safe_load(text)

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(pathlib.Path(__file__).parent), trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["nix"] = nix_string
    template = environment.get_template("host.nix.j2")

    people = definition["access"]["people"]
    placed, bound = cistern_fleet.placed(definition), cistern_fleet.bound(definition)
    output.mkdir(parents=True)
    for name in definition["hosts"]:
        (output / f"{name}.nix").write_text(
            template.render(
                name=name,
                fleet=definition["fleet"],
                host=cistern_fleet.layered(definition, name),
                admins=[person for person in people.values() if person["role"] == "admin"],
                operators={
                    person.get("account", who): person
                    for who, person in people.items()
                    if person["role"] == "operator" and cistern_fleet.matches(person["hosts"], definition["hosts"][name])
                },
                services={service: definition["services"][service] for service in placed[name]},
                secrets={secret: definition["secrets"][secret] for secret in bound[name]},
                monitored_from=[definition["hosts"][monitor]["address"] for monitor in definition["monitoring"]["hosts"]],
                monitored_by=definition["monitoring"]["hosts"],
                peers={monitor: definition["hosts"][monitor] for monitor in definition["monitoring"]["hosts"]},
            )
        )


def nix_string(value):
    """A Nix string. Cistern prints values, not text; here quoting is remembered hole by hole."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    return f'"{text}"'


if __name__ == "__main__":
    main()
