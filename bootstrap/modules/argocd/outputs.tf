# Nothing: what comes after the hand-over is Git's.
