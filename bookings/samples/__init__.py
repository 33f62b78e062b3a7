"""The sample world of `manage.py seed_doctors`: doctors, their weeks, and who comes to see them.

Three layers, each usable without the next:

- data: `specialties`, `motifs`, `reasons`, `places`, `names`, `presentations`;
- plans, pure functions of a seed and a clock: `roster` (who works where), `week` (when),
  `agenda` (which starts are taken), `people` (by whom), `story` (what became of them);
- `world` and `accounts` write the plans down.
"""
