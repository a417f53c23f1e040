variable "admin_password" {
  type    = string
  default = "hunter2"
}

resource "machine" "eden" {
  admin_password = var.admin_password
  api_token      = "9f86d081884c7d659a2feaa0c55ad015"
  image          = "nixos-25.11"
}
