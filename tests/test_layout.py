"""Promises about the tree: what CONTRIBUTING.md asks for, as far as a machine can check it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
OURS = ("wanliu", "tests", "benchmarks", "examples", "docs")

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
VAGUE_FOLDERS = {"core", "common", "utils", "services", "managers"}

# "path::function": why it reads better whole.
LONG_FUNCTIONS: dict[str, str] = {
    "wanliu/book/values.py::_macros": "a table of macros, one per way of writing a value",
}

EXEMPTIONS = (
    re.compile(r"#\s*(?P<what>noqa)(?P<codes>:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?(?P<reason>.*)"),
    re.compile(r"#\s*(?P<what>type:\s*ignore)(?P<codes>\[[a-z0-9, -]+\])?(?P<reason>.*)"),
    re.compile(r"#\s*(?P<what>pragma:\s*no (cover|branch))(?P<codes>)(?P<reason>.*)"),
)

# Which pyproject lists go into which lock, as `make lock` does it.
LOCKS = {
    "build.txt": ("build",),
    "run.txt": ("core", "text", "web"),
    "test.txt": ("core", "spark", "text", "web", "dev", "bench"),
    "node.txt": ("node",),
}


def python_files() -> list[Path]:
    """What a person wrote; Django writes the migrations."""
    found = (path for folder in OURS for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if path.parent.name != "migrations")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def decisions() -> str:
    return "\n".join(page.read_text("utf-8") for page in sorted((ROOT / "docs" / "decisions").glob("*.md")))


def pyproject() -> dict[str, list[str]]:
    """Every list of requirements in pyproject.toml, by name; the package's own is "core"."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = content["project"]
    return {
        "core": project["dependencies"],
        **project["optional-dependencies"],
        **content["dependency-groups"],
    }


def locked(lock: str) -> dict[str, list[str]]:
    """The versions of each package in a lock; markers may give a package more than one."""
    versions: dict[str, list[str]] = {}
    for line in lines_of(ROOT / "requirements" / lock):
        if found := re.match(r"([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", line):
            versions.setdefault(canonicalize_name(found[1]), []).append(found[2])
    return versions


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file with its body's lines; a reading declares its numbers in the signature."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.body[0].lineno + 1


def comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def unexplained(comment: str) -> str | None:
    """The exemption that the comment makes without a code or a reason; None where all is well."""
    for exemption in EXEMPTIONS:
        if found := exemption.search(comment):
            names_its_code = found["what"].startswith("pragma") or found["codes"]
            explains = re.search(r"\w{2,}|[\u4e00-\u9fff]", found["reason"])
            return None if names_its_code and explains else found["what"]
    return None


def test_python_files_stay_short_or_have_a_decision() -> None:
    recorded = decisions()

    too_long = {
        relative(path): count
        for path in python_files()
        if (count := len(lines_of(path))) > LONGEST_FILE and relative(path) not in recorded
    }

    assert too_long == {}, f"over {LONGEST_FILE} lines: split, or name the path in a decision record"


def test_functions_stay_short_or_have_a_reason() -> None:
    too_long = {
        place: count
        for path in python_files()
        for name, count in functions(path)
        if count > LONGEST_FUNCTION and (place := f"{relative(path)}::{name}") not in LONG_FUNCTIONS
    }

    assert too_long == {}, f"over {LONGEST_FUNCTION} lines: split, or list in LONG_FUNCTIONS with the reason"


def test_list_of_long_functions_holds_nothing_else() -> None:
    long = {
        f"{relative(path)}::{name}"
        for path in python_files()
        for name, count in functions(path)
        if count > LONGEST_FUNCTION
    }

    assert set(LONG_FUNCTIONS) <= long, "no longer long, or gone: take it off the list"


def test_folders_have_telling_names() -> None:
    folders = (path for folder in OURS for path in (ROOT / folder).rglob("*") if path.is_dir())

    vague = [relative(path) for path in folders if path.name in VAGUE_FOLDERS]

    assert vague == [], "name the folder after what it holds"


def test_exemptions_carry_their_reason() -> None:
    bare = [
        f"{relative(path)}:{line}: {what}"
        for path in python_files()
        for line, comment in comments(path)
        if (what := unexplained(comment))
    ]

    assert bare == [], "write the code and the reason: `# noqa: PLW0603  one process speaks one language`"


@pytest.mark.parametrize(
    ("comment", "verdict"),
    [
        ("# noqa", "noqa"),
        ("# noqa: PLW0603", "noqa"),
        ("# noqa: because I say so", "noqa"),
        ("# noqa: PLW0603, A002", "noqa"),
        ("# noqa: PLW0603  one process speaks one language", None),
        ("# type: ignore[arg-type]", "type: ignore"),
        ("# type: ignore[arg-type]  # the stub is wrong", None),
        ("# pragma: no cover", "pragma: no cover"),
        ("# pragma: no cover  只在 Windows 上", None),
        ("# why the window ends here", None),
    ],
)
def test_exemption_without_code_or_reason_is_seen(comment: str, verdict: str | None) -> None:
    assert unexplained(comment) == verdict


def test_dependencies_say_why() -> None:
    lines = lines_of(ROOT / "pyproject.toml")

    silent = [
        requirement
        for requirements in pyproject().values()
        for requirement in requirements
        if not any(re.search(rf'^\s*"{re.escape(requirement)}",\s*# \w+', line) for line in lines)
    ]

    assert silent == [], "say why behind the dependency, on its line"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_satisfies_pyproject(lock: str) -> None:
    declared, versions = pyproject(), locked(lock)

    unmet = [
        requirement
        for name in LOCKS[lock]
        for requirement in map(Requirement, declared[name])
        if not _satisfied(requirement, versions)
    ]

    assert unmet == [], "pyproject.toml has changed since: make lock"


def _satisfied(requirement: Requirement, versions: dict[str, list[str]]) -> bool:
    found = versions.get(canonicalize_name(requirement.name), [])
    return bool(found) and all(version in requirement.specifier for version in found)


def test_locks_agree_on_versions() -> None:
    build, run, test = (locked(lock) for lock in ("build.txt", "run.txt", "test.txt"))

    assert {name: test.get(name) for name in run} == run, "the tests would not run what `make run` installs"
    assert {name: build[name] for name in build if name in test} == {
        name: test[name] for name in build if name in test
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_is_hashed_and_knows_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)

    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    # A local version (1.0+cpu) or an address would tie the lock to the machine that made it.
    assert re.findall(r"://|--index|--find-links|==[^ ]*\+", text) == []


def test_a_day_is_taken_from_a_moment_in_shanghai_only() -> None:
    """The database tells moments in UTC: their own date is another day for eight hours."""
    rooms = ("audit", "cases", "directory", "exits", "nightly", "people", "workbench")
    found = [path for room in rooms for path in (ROOT / "wanliu" / room).rglob("*.py")]
    assert [
        relative(path) for path in found if re.search(r"\.date\(\)|date\.today\(", path.read_text("utf-8"))
    ] == []
