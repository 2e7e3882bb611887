"""The first page of the administration."""

from typing import Any

from django import template

from predictor.admin.attention import concerns, figures

register = template.Library()


@register.inclusion_tag("admin/predictor/attention.html", takes_context=True)
def attention(context: dict[str, Any]) -> dict[str, Any]:
    """What is going on, and what needs somebody's attention."""
    person = context["request"].user
    return {"concerns": concerns(person), "figures": figures(person)}
