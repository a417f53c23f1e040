resource "proxy" "eden" {
  seed = "kT7mQ2xZ9pL4vB8nR3cW6yH1dS5g"
}
