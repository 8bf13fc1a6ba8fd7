"""Packing pods onto nodes: how many nodes a group needs, and which set of nodes is cheapest.

``shapes`` counts nodes of one shape by first fit, without a solver; ``solve.pack`` finds the
cheapest set over many kinds with column generation, and says how far it may be from the least
possible. numpy and HiGHS are imported with ``solve`` only.
"""
