"""The way in and out."""

import pytest
from django.urls import reverse

from tests.mhifund.office import staff

pytestmark = pytest.mark.django_db


def attempt(client, password):
    data = {"username": "treasurer-0", "password": password, "next": "/reports/"}
    return client.post(reverse("login"), data, headers={"accept-language": "ru"})


def test_the_right_password_leads_to_the_page_that_was_asked_for(client):
    staff("treasurer")
    answer = attempt(client, "test-pass-1")
    assert (answer.status_code, answer["Location"]) == (302, "/reports/")


def test_a_wrong_password_is_told_in_words(client):
    staff("treasurer")
    answer = attempt(client, "wrong")
    assert answer.status_code == 200
    assert "Пожалуйста, введите правильные" in answer.content.decode()


def test_five_wrong_passwords_close_the_name(client):
    staff("treasurer")
    told = [attempt(client, "wrong").status_code for _ in range(5)]
    assert told == [200, 200, 200, 200, 429]
    answer = attempt(client, "test-pass-1")
    assert answer.status_code == 429
    assert "Слишком много неверных паролей" in answer.content.decode()


def test_the_language_can_be_changed_before_signing_in(client):
    client.post(reverse("set_language"), {"language": "kk", "next": "/login/"})
    assert "Құпиясөз" in client.get(reverse("login")).content.decode()


def test_signing_out_leads_to_the_sign_in(as_role):
    client = as_role("treasurer")
    assert client.post(reverse("logout"))["Location"] == "/login/"
    assert client.get(reverse("today")).status_code == 302


def test_a_password_can_be_changed(as_role):
    client = as_role("treasurer")
    data = {
        "old_password": "test-pass-1",
        "new_password1": "Жаңа-құпия-77",
        "new_password2": "Жаңа-құпия-77",
    }
    assert client.post(reverse("password_change"), data)["Location"] == "/password/changed/"
