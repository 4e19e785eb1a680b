"""What pyproject.toml cannot say: shipped experiments stand at the top level, and a wheel has them in the package."""

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
