from django.contrib import admin
from django.urls import path

from mhifund.views import (
    persons,
    receiving,
    reference,
    registers,
    reports,
    search,
    sign_in,
    today,
)

urlpatterns = [
    path("", today.today, name="today"),
    path("search/", search.search, name="search"),
    path("persons/", persons.persons, name="persons"),
    path("persons/<int:pk>/", persons.person, name="person"),
    path("persons/<int:pk>/iin/", persons.whole_iin, name="whole_iin"),
    path("persons/<int:pk>/months/<str:month>/", persons.payments, name="month"),
    path("registers/", registers.registers, name="registers"),
    path("registers/receive/", receiving.receive, name="receive"),
    path("registers/<int:pk>/", registers.register, name="register"),
    path("registers/<int:pk>/progress/", receiving.progress, name="progress"),
    path("exceptions/", registers.exceptions, name="exceptions"),
    path("refunds/", today.refunds, name="refunds"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reference/parameters/", reference.parameters, name="parameters"),
    path("reference/categories/", reference.categories, name="categories"),
    path("reference/calendar/", reference.calendar, name="calendar"),
    path("reference/purpose-codes/", reference.purpose_codes, name="purpose_codes"),
    path("reference/reasons/", reference.reasons, name="reasons"),
    path("reference/regions/", reference.regions, name="regions"),
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("password/", sign_in.ChangePassword.as_view(), name="password_change"),
    path("password/changed/", sign_in.PasswordChanged.as_view(), name="password_changed"),
    path("language/", sign_in.choose_language, name="set_language"),
    path("admin/login/", sign_in.into_admin),
    path("admin/", admin.site.urls),
]
