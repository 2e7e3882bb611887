"""Staff with a few permissions, for the admin's tests."""

from __future__ import annotations

from django.contrib.auth.models import Permission


def clerk_with(client, django_user_model, *permissions):
    """A client in which a member of staff with a few permissions is logged in."""
    clerk = django_user_model.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(clerk)
    return client
