"""The index of suppliers: how a supplier becomes a document, what one may ask, what comes back."""

from levier.directory.search.asking import Near, SupplierHit, SupplierPage, SupplierQuery
from levier.directory.search.documents import SupplierRow, supplier_document
from levier.directory.search.finding import (
    ESS_AT_LARGE,
    chart_suppliers,
    count_suppliers,
    search_suppliers,
    sectors_of_cpv,
    trade_wish,
)
from levier.directory.search.indexing import apply_supplier_changes, rebuild_supplier_index, supplier_engine
from levier.directory.search.schema import FACETS, SUPPLIER_SCHEMA

__all__ = [
    "ESS_AT_LARGE",
    "FACETS",
    "SUPPLIER_SCHEMA",
    "Near",
    "SupplierHit",
    "SupplierPage",
    "SupplierQuery",
    "SupplierRow",
    "apply_supplier_changes",
    "chart_suppliers",
    "count_suppliers",
    "rebuild_supplier_index",
    "search_suppliers",
    "sectors_of_cpv",
    "supplier_document",
    "supplier_engine",
    "trade_wish",
]
