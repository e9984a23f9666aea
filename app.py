"""The app. ``python app.py`` opens it on this machine; a Hugging Face Space runs the same file."""

from pix2pix.ui.start import make, run

demo, settings, sketcher = make()

if __name__ == "__main__":
    run(demo, settings, sketcher)
