pub struct Fragment; pub struct Shared; pub struct Templates; pub fn body_of(){} pub fn share(){}
