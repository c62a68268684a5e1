# SPDX-License-Identifier: Apache-2.0
"""What dpkg and the published schemas say of what mkrootfs made.

owners JSON: the packages that --json has of its entries are those of dpkg-query -S.
valid DOCUMENT SCHEMAS: DOCUMENT is valid by the schema of its suffix in the folder SCHEMAS.
bill DOCUMENT ROOT JSON: its files are those of the directory ROOT, with their sums, and its
packages those of --json.
"""
import hashlib
import json
import os
import subprocess
import sys
import warnings


def load(path):
    with open(path) as file:
        return json.load(file)


def dpkg_owners(paths):
    """The names of the packages that list each path, by its own name or without /usr."""
    asked = {}
    for path in paths:
        for name in {path, path.removeprefix("/usr")}:
            asked.setdefault(name, set()).add(path)
    owners = {path: set() for path in paths}
    names = sorted(asked)
    for i in range(0, len(names), 500):
        found = subprocess.run(["dpkg-query", "-S", "--"] + names[i : i + 500],
                               capture_output=True, text=True, check=False)
        for line in found.stdout.splitlines():
            packages, path = line.split(": ", 1)
            if packages.startswith("diversion by") or path not in asked:
                continue
            for package in packages.split(", "):
                for source in asked[path]:
                    owners[source].add(package.split(":")[0])
    return owners


def owners(document):
    entries = [e for e in load(document)["entries"] if e["source"]]
    expected = dpkg_owners([e["source"] for e in entries])
    n_owned = 0
    for entry in entries:
        package = entry.get("package", "").split(" ")[0]
        among = expected[entry["source"]]
        # A link to a directory is one to many; a diverted file has another name.
        if package and package in among or not package and not among:
            n_owned += package != ""
            continue
        if entry["type"] == "symlink" and len(among) > 1 and not package:
            continue
        sys.exit(f"{entry['source']}: {package or 'none'}, not {among or 'none'}")
    if n_owned < 10:
        sys.exit(f"only {n_owned} entries have owners")


def valid(document, schemas):
    warnings.simplefilter("ignore")
    import jsonschema
    if document.endswith(".spdx.json"):
        schema, others = load(f"{schemas}/spdx-2.3.schema.json"), []
    else:
        schema = load(f"{schemas}/bom-1.5.schema.json")
        others = [load(f"{schemas}/{name}.schema.json") for name in ("jsf-0.82", "spdx")]
    store = {s["$id"]: s for s in others}
    # Those of the library that they come from call each other by names of its own.
    for name, other in zip(("jsf-0.82", "spdx"), others):
        store[f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json"] = other
    resolver = jsonschema.RefResolver(schema["$id"], schema, store)
    validator = jsonschema.Draft7Validator(schema, resolver=resolver)
    validator.check_schema(schema)
    for error in validator.iter_errors(load(document)):
        sys.exit(f"{list(error.path)}: {error.message[:300]}")


def spdx_facts(document):
    """{path: (sha256, package or None)}, {name: version}"""
    names = {p["SPDXID"]: p["name"] for p in document["packages"]}
    whole = [r["relatedSpdxElement"] for r in document["relationships"]
             if r["relationshipType"] == "DESCRIBES"]
    container = {r["relatedSpdxElement"]: r["spdxElementId"] for r in document["relationships"]
                 if r["relationshipType"] == "CONTAINS"}
    files = {}
    for file in document["files"]:
        sums = {c["algorithm"]: c["checksumValue"] for c in file["checksums"]}
        holder = container[file["SPDXID"]]
        owner = None if holder in whole else names[holder]
        if (owner is None) != (file.get("comment") == "belongs to no package"):
            sys.exit(f"{file['fileName']}: {owner} and {file.get('comment')}")
        files[file["fileName"].removeprefix(".")] = (sums["SHA256"], owner)
    for package in document["packages"]:
        sha1 = sorted(c["checksumValue"] for f in document["files"]
                      if container[f["SPDXID"]] == package["SPDXID"]
                      for c in f["checksums"] if c["algorithm"] == "SHA1")
        code = package.get("packageVerificationCode", {}).get("packageVerificationCodeValue")
        expected = hashlib.sha1("".join(sha1).encode()).hexdigest() if sha1 else None
        if code != expected or package["filesAnalyzed"] != bool(sha1):
            sys.exit(f"{package['name']}: verification code {code}, not {expected}")
    packages = {p["name"]: p["versionInfo"] for p in document["packages"] if "versionInfo" in p}
    return files, packages


def cyclonedx_facts(document):
    files = {}
    packages = {}

    def add_file(file, owner):
        sums = {h["alg"]: h["content"] for h in file["hashes"]}
        none = {"name": "mkrootfs:package", "value": "none"} in file.get("properties", [])
        if none != (owner is None):
            sys.exit(f"{file['name']}: {owner} and {file.get('properties')}")
        files[file["name"]] = (sums["SHA-256"], owner)

    for component in document["components"]:
        if component["type"] == "file":
            add_file(component, None)
        elif component["type"] == "library":
            packages[component["name"]] = component["version"]
            for file in component.get("components", []):
                add_file(file, component["name"])
    return files, packages


def bill(document, root, report):
    facts = spdx_facts if document.endswith(".spdx.json") else cyclonedx_facts
    files, packages = facts(load(document))
    entries = load(report)["entries"]
    expected = {}
    for entry in entries:
        if entry["type"] == "file":
            with open(root + entry["path"], "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            owner = entry.get("package")
            expected[entry["path"]] = (digest, owner and owner.split(" ")[0])
    if files != expected:
        sys.exit(f"files: {sorted(set(files.items()) ^ set(expected.items()))[:5]}")
    owned = dict(e["package"].split(" ") for e in entries if "package" in e)
    if packages != owned:
        sys.exit(f"packages: {sorted(set(packages.items()) ^ set(owned.items()))[:5]}")


if __name__ == "__main__":
    {"owners": owners, "valid": valid, "bill": bill}[sys.argv[1]](*sys.argv[2:])
