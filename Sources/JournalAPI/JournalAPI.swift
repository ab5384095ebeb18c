import Web

/// The first family: sign-in, sync, the journal and health, relative to `/api/v1` as in the API reference.
///
/// Health and metrics also stand at the root, where whoever watches the server looks for them; and so does the Desk,
/// which is a page for people.
package func journalAPI(
    identity: IdentityServices, journals: JournalServices, sync: SyncRoutes, blobs: BlobRoutes, health: HealthRoutes
) -> [RouteTable] {
    let (signIn, sessions, pairing) = (SignInRoutes(identity), SessionRoutes(identity), PairingRoutes(identity))
    var table = RouteTable("/api/v1", admits: .person)
    table.get("/auth/nonce", "Get a nonce to sign in with", admits: .stranger, signIn.nonce)
    table.post("/auth/verify-siwe", "Sign in with a signed EIP-4361 message", admits: .stranger, signIn.verify)
    table.post("/auth/refresh", "Get new cookies for the refresh cookie", admits: .stranger, signIn.refreshCookies)
    table.post(
        "/auth/extension-refresh", "Get new tokens for a refresh token", admits: .stranger, signIn.refreshTokens)
    table.get("/auth/me", "Get the current user", sessions.me)
    table.post("/auth/logout", "End the current session", sessions.logout)
    table.post("/auth/revoke-all", "End all sessions", admits: .owner, sessions.revokeAll)
    table.get("/auth/sessions", "List the sessions that go on", admits: .owner, sessions.list)
    table.delete("/auth/sessions/{id}", "End a session", admits: .owner, sessions.revoke)
    table.get(
        "/auth/audit", "Read what happened to the sessions", admits: .owner, reads: SessionRoutes.auditFields,
        sessions.audit)

    table.post("/auth/pair-extension", "Make a code that pairs", admits: .owner, pairing.make)
    table.get("/auth/pair-extension", "Ask what became of the code", admits: .owner, pairing.status)
    table.delete("/auth/pair-extension", "Withdraw the code", admits: .owner, pairing.withdraw)
    table.post("/auth/pair-extension/confirm", "Let a claim from another network in", admits: .owner, pairing.confirm)
    table.post("/auth/extension-pair", "Get tokens for a code", admits: .stranger, pairing.claim)

    table.post("/sync/exchange", "Send commits and get those one lacks", sync.exchange)
    table.get("/sync/snapshot", "Get what a new device starts from", sync.snapshot)
    table.get("/sync/snapshot/{sha256}", "Get a chunk of the snapshot", sync.snapshotChunk)

    table.post("/sync/blobs/missing", "Ask which images are not here", blobs.missing)
    table.put("/sync/blobs/{sha256}", "Send the bytes of an image, or go on sending them", blobs.put)
    table.head("/sync/blobs/{sha256}", "Ask how much of an image is here", blobs.head)
    table.get("/sync/blobs/{sha256}", "Get the bytes of an image, or some of them", blobs.get)

    let tags = TagRoutes(journals)
    table.get("/journal/tags", "List the tags", tags.list)

    health.add(to: &table)
    var root = RouteTable("", admits: .anyone)
    health.add(to: &root)
    DeskRoutes().add(to: &root)
    return [table, root]
}
