import pytest

from web.text import slug_of


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Élodie Cœur", "elodie-coeur"),
        ("محمد العلوي", "mhmd-llwy"),
        ("王小明 上海", "wangxiaoming-shanghai"),
        ("Иван Петров", "ivan-petrov"),
        ("…", ""),
    ],
)
def test_a_name_in_any_script_has_a_readable_slug(text, slug):
    assert slug_of(text) == slug
