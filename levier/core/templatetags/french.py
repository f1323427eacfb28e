"""French figures and dates in templates: {{ 1250|figure }}, {{ amount|euros }}, {{ when|day }}."""

from django import template

from levier.core import typography

register = template.Library()

register.filter("figure", typography.figure)
register.filter("euros", typography.euros)
register.filter("hours", typography.hours)
register.filter("percent", typography.percent)
register.filter("kilometres", typography.kilometres)
register.filter("day", typography.day)
