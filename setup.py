"""Puts the shipped experiments, which are at the top level of a checkout, into the package of a wheel.

pyproject.toml cannot say this: package data must be below their package's folder. `package-dir` can map a folder from
elsewhere, but then setuptools finds no packages by itself, and every package would have to be listed by hand. Links in
the checkout would do, except where Git makes none, as on Windows.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithExamples(build_py):
    """Puts them where `recsys.shipped` looks first."""

    def run(self) -> None:
        """Build the package, then lay them beside it; a checkout has them already."""
        super().run()
        for folder in () if self.editable_mode else ("experiments", "search_spaces"):
            target = Path(self.build_lib) / "recsys" / "shipped" / folder
            self.mkpath(str(target))
            for source in Path(folder).glob("*.toml"):
                self.copy_file(str(source), str(target))


setup(cmdclass={"build_py": WithExamples})
