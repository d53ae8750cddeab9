import pytest

from tests.mhifund.office import staff


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """The hashing that protects real passwords would be most of the time of these tests."""
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [quick, *settings.PASSWORD_HASHERS]


@pytest.fixture
def as_role(client, db):
    """A browser in which somebody of a role has signed in."""

    def sign_in(role, *regions):
        client.force_login(staff(role, *regions))
        return client

    return sign_in
