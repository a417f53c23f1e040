#!/usr/bin/env python3
"""Converts a synthetic fleet into an Ansible YAML inventory that says the same of every host.

    benches/peers/inventory.py FLEET OUTPUT.yaml

Tags, sites and profiles become groups, as one would write them in Ansible; what sites, profiles and groups set
stands in group variables; the rest, with the names of the services and secrets that land on a host, in host
variables. What services, secrets and people are has no place in an inventory and is left out, in Ansible's favour.
Needs PyYAML. Not measured: it runs once, before the comparison.
"""

import pathlib
import sys

import yaml

import fleet as cistern_fleet


def main():
    source, output = map(pathlib.Path, sys.argv[1:])
    definition = yaml.load((source / "fleet.yaml").read_text(), Loader=yaml.CSafeLoader)
    output.write_text(yaml.dump(inventory(definition), Dumper=yaml.CSafeDumper, sort_keys=False))


def inventory(definition):
    placed, bound = cistern_fleet.placed(definition), cistern_fleet.bound(definition)
    groups = {}
    for site, settings in definition["sites"].items():
        groups[f"site_{site}"] = {"vars": settings, "hosts": {}}
    for profile, settings in definition["profiles"].items():
        extends = settings.get("extends")
        groups[f"profile_{profile}"] = {"vars": {k: v for k, v in settings.items() if k != "extends"}, "hosts": {}}
        if extends:
            groups[f"profile_{extends}"].setdefault("children", {})[f"profile_{profile}"] = {}

    hosts = {}
    for name, host in definition["hosts"].items():
        hosts[name] = {
            "ansible_host": host["address"],
            "state_version": host["state_version"],
            "system": host["system"],
            "host_key": host["host_key"],
            "mac": host["mac"],
            "labels": host["labels"],
            "deploy_hostname": host["deploy"]["hostname"],
            "services": placed[name],
            "secrets": bound[name],
        }
        groups[f"site_{host['site']}"]["hosts"][name] = {}
        for profile in host["profiles"]:
            groups[f"profile_{profile}"]["hosts"][name] = {}
        for tag in host["tags"]:
            groups.setdefault("tag_" + tag.replace("-", "_"), {"hosts": {}})["hosts"][name] = {}

    variables = {**definition["defaults"], "domain": definition["fleet"]["domain"]}
    return {"all": {"hosts": hosts, "vars": variables, "children": groups}}


if __name__ == "__main__":
    main()
