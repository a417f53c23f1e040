"""What a synthetic fleet says of each host: just as much of the definition language as that fleet uses."""


def layered(definition, name):
    """The settings of one host: defaults, then its site, its profiles with what they extend, its groups, itself."""
    host = definition["hosts"][name]
    layers = [definition["defaults"], definition["sites"][host["site"]]]
    for profile in host["profiles"]:
        chain = []
        while profile:
            chain.append(definition["profiles"][profile])
            profile = chain[-1].get("extends")
        layers += reversed(chain)
    layers += [group for group in definition["groups"].values() if matches(group["selector"], host)]
    result = {}
    for layer in [*layers, host]:
        merge(result, layer)
    return result


def merge(below, above):
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            below[key] = dict(below[key])
            merge(below[key], value)
        else:
            below[key] = value


def matches(selector, host):
    """`@tag` and `label=value`, joined by `or`: the synthetic fleet uses nothing else."""
    for term in selector.split(" or "):
        if term.startswith("@"):
            if term[1:] in host["tags"]:
                return True
        else:
            label, value = term.split("=")
            if host["labels"].get(label) == value:
                return True
    return False


def placed(definition):
    """Host → the names of the services that land on it, in the order of the definition."""
    result = {name: [] for name in definition["hosts"]}
    for service, settings in definition["services"].items():
        for name, host in definition["hosts"].items():
            if matches(settings["placement"]["selector"], host):
                result[name].append(service)
    return result


def bound(definition):
    """Host → the names of the secrets that it can decrypt."""
    services = placed(definition)
    result = {name: [] for name in definition["hosts"]}
    for secret, settings in definition["secrets"].items():
        for name, host in definition["hosts"].items():
            if "hosts" in settings and matches(settings["hosts"], host):
                result[name].append(secret)
            elif any(service in services[name] for service in settings.get("services", [])):
                result[name].append(secret)
    return result
