"""Images of varied mean and contrast, on which fidelity is measured."""

import numpy as np


def varied(seed: int, count: int, size: int = 224) -> np.ndarray:
    """`count` images [1, 3, size, size]: by channel a mean of 0.7 N(0, 1) and a contrast of 2^U(-2, 1), every second
    image coarse (noise in blocks of 4 x 4)."""
    random = np.random.default_rng(seed)
    images = []
    for k in range(count):
        if k % 2 == 0:
            noise = random.standard_normal((1, 3, size, size))
        else:
            coarse = random.standard_normal((1, 3, (size + 3) // 4, (size + 3) // 4))
            noise = coarse.repeat(4, 2).repeat(4, 3)[:, :, :size, :size]
        mean = 0.7 * random.standard_normal((1, 3, 1, 1))
        contrast = 2.0 ** random.uniform(-2, 1, (1, 3, 1, 1))
        images.append((noise * contrast + mean).astype(np.float32))
    return np.stack(images)
