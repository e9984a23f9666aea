"""What pyproject.toml cannot say: the bundled models are installed as pix2pix/checkpoints."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["pix2pix*", "train*"]), "pix2pix.checkpoints"],
    package_dir={"pix2pix.checkpoints": "checkpoints"},
)
