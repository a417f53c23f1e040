//! What the catalogue of kinds knows them by.

use crate::load::declare::choice;

choice! {
    /// What a kind of service is for.
    pub enum Category {
        /// Films, music, books, and what fetches them.
        Media = "media",
        /// Pages and programs in the browser.
        Web = "web",
        /// Databases, queues, and caches.
        Data = "data",
        /// Whatever watches.
        Monitoring = "monitoring",
        /// Proxies, names, and ways between hosts.
        Network = "network",
        /// Who somebody is, and what that one may do.
        Auth = "auth",
        /// Language models and what uses them.
        Ai = "ai",
        /// Files.
        Storage = "storage",
        /// Everything else.
        Tools = "tools",
    }
}

choice! {
    /// Whether a service asks by itself who somebody is.
    pub enum OwnAuth {
        /// It has a login of its own.
        Own = "own",
        /// It lets in everybody who reaches it.
        None = "none",
    }
}
