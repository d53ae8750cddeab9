"""The way in and out."""

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.i18n import set_language


@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    template_name = "mhifund/sign_in.html"
    redirect_authenticated_user = True


@login_not_required
def into_admin(request):
    """The admin's own sign-in stands outside the shell; who is in already may not enter it."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


class ChangePassword(views.PasswordChangeView):
    template_name = "mhifund/password.html"
    success_url = reverse_lazy("password_changed")


class PasswordChanged(views.PasswordChangeDoneView):
    template_name = "mhifund/password_changed.html"


class SignOut(views.LogoutView):
    next_page = "login"


choose_language = login_not_required(set_language)


@login_not_required
def locked_out(request, credentials=None, *args, **kwargs):
    """Too many wrong passwords: what happened and what to do."""
    return render(request, "mhifund/locked_out.html", status=429)
