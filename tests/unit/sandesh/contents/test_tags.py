import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.contents.tags import MAX_CHARACTERS, MAX_TERMS, Reference, Term, Terms, terms_of


def member(name: str) -> Reference:
    """A reference to a member of the element."""
    return Reference(name, of_element=True)


def beside(name: str) -> Reference:
    """A reference to a field beside the tagged one."""
    return Reference(name, of_element=False)


@pytest.mark.parametrize(
    ("tags", "terms"),
    [
        ("", ()),
        (".peer", (Term(member("peer")),)),
        (".__key", (Term(member("__key")),)),
        ("vn", (Term(beside("vn")),)),
        (".a,.b", (Term(member("a")), Term(member("b")))),
        ("name:.peer", (Term(member("peer"), beside("name")),)),
        (".a:.b", (Term(member("b"), member("a")),)),
        (".__key,vn,name:.peer", (Term(member("__key")), Term(beside("vn")), Term(member("peer"), beside("name")))),
        (".a,.a", (Term(member("a")),)),
        (" .a", ()),
        (". a", (Term(member(" a")),)),
    ],
)
def test_an_annotation_is_terms(tags: str, terms: tuple[Term, ...]) -> None:
    """Commas part them; a point is the element's member; a colon joins two; spaces are part of names."""
    assert terms == terms_of(tags).terms


@pytest.mark.parametrize("tag", [".", ":", ":.a", "a:", ".a:", "a:b", ".a:b", "..a", ".a.b", "a.b", ".a:.b:.c", " .a"])
def test_a_term_that_means_nothing_is_a_problem(tag: str) -> None:
    """The others of the same annotation still count."""
    assert Terms((Term(member("x")),), (f"a tag that is none: {tag!r}",)) == terms_of(f"{tag},.x")


@pytest.mark.parametrize("tags", [",", ".a,", ",.a"])
def test_an_empty_term_is_a_problem(tags: str) -> None:
    """Only an empty annotation means that there are no tags."""
    assert "a tag that is none: ''" in terms_of(tags).problems


def test_terms_are_bounded() -> None:
    """No peer makes a hundred columns."""
    found = terms_of(",".join(f".m{at}" for at in range(100)))

    assert MAX_TERMS == len(found.terms)
    assert (f"more than {MAX_TERMS} tags",) == found.problems


def test_the_annotations_length_is_bounded() -> None:
    """A long one is not even looked at, so the cache stays small."""
    found = terms_of("x" * (MAX_CHARACTERS + 1))

    assert ((), (f"tags of more than {MAX_CHARACTERS} characters",)) == (found.terms, found.problems)


@given(st.text(alphabet=".,: ab_\x00é"))
def test_any_text_is_terms_and_problems(tags: str) -> None:
    """Nothing is raised, no name is empty, and each part is one or the other."""
    found = terms_of(tags)

    assert all(each.column.name and (each.prefix is None or each.prefix.name) for each in found.terms)
    assert bool(tags) == bool(found.terms or found.problems)
