import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_embedded_database_is_a_real_postgresql_that_knows_kazakh_capitals() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT upper('қазақ'), current_setting('server_version_num')::int >= 150000"
        )
        assert cursor.fetchone() == ("ҚАЗАҚ", "on")
