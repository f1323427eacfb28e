"""French figures and dates in templates: {{ 1250|figure }}, {{ amount|euros }}, {{ when|day }}."""

from django import template

from levier.core import typography

register = template.Library()

register.filter("figure", typography.figure)
register.filter("euros", typography.euros)
register.filter("hours", typography.hours)
register.filter("percent", typography.percent)
register.filter("kilometres", typography.kilometres)
# A moment of the database is in UTC: its day is the one of the reader, in Paris.
register.filter("clock", typography.clock, expects_localtime=True)
register.filter("day", typography.day, expects_localtime=True)
register.filter("phone", typography.phone)
