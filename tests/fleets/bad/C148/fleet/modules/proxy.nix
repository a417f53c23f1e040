{
  services.proxy.settings = {
    # What everybody may know.
    revision = "9f86d081884c7d659a2feaa0c55ad0159f86d081";
    hash = "sha256-q7Zt2Lw9XbR4vNc8Ym3HsK5dTg6JpF1aEu0Ri8Ox3Wz=";
    peer = "q7Zt2Lw9XbR4vNc8Ym3HsK5dTg6JpF1aEu0Ri8Ox3Wz=";
    # What it is, nobody knows.
    salt = "wJ4rX9tNbF7kLmQ2zVc8ShYg";
  };
}
