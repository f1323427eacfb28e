"""Reads of the purchasing room: published contracts, needs and their recipients, opportunities."""

from levier.purchasing.queries.contracts import (
    SimilarContract,
    WonContract,
    contracts_won_by,
    similar_contracts,
)

__all__ = ["SimilarContract", "WonContract", "contracts_won_by", "similar_contracts"]
