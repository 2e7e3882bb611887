"""From the bytes of a picture to a verified model's answer.

Pure Python: numpy, scipy, Pillow, joblib, scikit-learn, onnxruntime and cryptography, never Django.
`tests/test_architecture.py` holds that line.
"""
