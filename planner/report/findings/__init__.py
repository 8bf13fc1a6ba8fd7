"""Reviews in every format: a table, JSON, SARIF, JUnit, Markdown, HTML, CSV and GitHub's annotations."""
