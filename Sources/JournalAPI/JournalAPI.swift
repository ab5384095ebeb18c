import Web

/// The first family: sign-in, sync, the journal and health, relative to `/api/v1` as in the API reference.
///
/// Health and metrics also stand at the root, where whoever watches the server looks for them; and so does the Desk,
/// which is a page for people.
package func journalAPI(
    identity: IdentityServices, journals: JournalServices, imports: ImportJobs, images: ImageServices, sync: SyncRoutes,
    blobs: BlobRoutes, health: HealthRoutes
) -> [RouteTable] {
    var table = RouteTable("/api/v1", admits: .person)
    addIdentity(identity, to: &table)
    addSync(sync, blobs, to: &table)
    addJournal(journals, imports, to: &table)
    addImages(images, to: &table)
    health.add(to: &table)
    var root = RouteTable("", admits: .anyone)
    health.add(to: &root)
    DeskRoutes().add(to: &root)
    return [table, root] + DocumentRoutes.tables(for: [table, root])
}

private func addIdentity(_ identity: IdentityServices, to table: inout RouteTable) {
    let (signIn, sessions, pairing) = (SignInRoutes(identity), SessionRoutes(identity), PairingRoutes(identity))
    table.get(
        "/auth/nonce", "Get a nonce to sign in with", admits: .stranger, answers: [200: .json(NonceView.shape)],
        signIn.nonce)
    table.post(
        "/auth/verify-siwe", "Sign in with a signed EIP-4361 message", admits: .stranger,
        takes: .json(SignInProof.shape), answers: [200: .json(SignInView.shape)], signIn.verify)
    table.post(
        "/auth/refresh", "Get new cookies for the refresh cookie", admits: .stranger,
        answers: [200: .json(RefreshedView.shape)], signIn.refreshCookies)
    table.post(
        "/auth/extension-refresh", "Get new tokens for a refresh token", admits: .stranger,
        takes: .json(RefreshRequest.shape), answers: [200: .json(TokensView.shape)], signIn.refreshTokens)
    table.get("/auth/me", "Get the current user", answers: [200: .json(MeView.shape)], sessions.me)
    table.post("/auth/logout", "End the current session", answers: [204: .nothing], sessions.logout)
    table.post(
        "/auth/revoke-all", "End all sessions", admits: .owner, answers: [204: .nothing], sessions.revokeAll)
    table.get(
        "/auth/sessions", "List the sessions that go on", admits: .owner, answers: [200: .json(SessionsView.shape)],
        sessions.list)
    table.delete("/auth/sessions/{id}", "End a session", admits: .owner, answers: [204: .nothing], sessions.revoke)
    table.get(
        "/auth/audit", "Read what happened to the sessions", admits: .owner, reads: SessionRoutes.auditFields,
        answers: [200: .json(AuditView.shape)], sessions.audit)

    table.post(
        "/auth/pair-extension", "Make a code that pairs", admits: .owner, reads: PairingRoutes.codeFields,
        answers: [200: .json(PairingCodeView.shape)], pairing.make)
    table.get(
        "/auth/pair-extension", "Ask what became of the code", admits: .owner,
        answers: [200: .json(PairingStatusView.shape)], pairing.status)
    table.delete(
        "/auth/pair-extension", "Withdraw the code", admits: .owner, answers: [204: .nothing], pairing.withdraw)
    table.post(
        "/auth/pair-extension/confirm", "Let a claim from another network in", admits: .owner,
        takes: .json(PairingConfirmation.shape), answers: [204: .nothing], pairing.confirm)
    table.post(
        "/auth/extension-pair", "Get tokens for a code", admits: .stranger, takes: .json(PairingRequest.shape),
        answers: [200: .json(TokensView.shape), 202: .json(PairingPendingView.shape)], pairing.claim)
}

private func addSync(_ sync: SyncRoutes, _ blobs: BlobRoutes, to table: inout RouteTable) {
    let message = SyncMessage.content
    table.post(
        "/sync/exchange", "Send commits and get those one lacks", heeds: SyncRoutes.heeds, takes: message,
        answers: [200: message, 204: .nothing], sync.exchange)
    table.get(
        "/sync/snapshot", "Get what a new device starts from", answers: [200: message, 204: .nothing], sync.snapshot)
    table.get(
        "/sync/snapshot/{sha256}", "Get a chunk of the snapshot", names: ["sha256": .sha256],
        answers: [200: BlobRoutes.bytes], sync.snapshotChunk)

    table.post(
        "/sync/blobs/missing", "Ask which images are not here", takes: message,
        answers: [200: message, 204: .nothing], blobs.missing)
    table.put(
        "/sync/blobs/{sha256}", "Send the bytes of an image, or go on sending them", names: ["sha256": .sha256],
        heeds: [BlobRoutes.contentRange], takes: BlobRoutes.bytes, answers: [202: .nothing, 204: .nothing], blobs.put)
    table.head(
        "/sync/blobs/{sha256}", "Ask how much of an image is here", names: ["sha256": .sha256],
        answers: [200: BlobRoutes.bytes, 404: .nothing], blobs.head)
    table.get(
        "/sync/blobs/{sha256}", "Get the bytes of an image, or some of them", names: ["sha256": .sha256],
        heeds: [BlobRoutes.range], answers: [200: BlobRoutes.bytes, 206: BlobRoutes.bytes, 416: .nothing], blobs.get)
}

private func addJournal(_ journals: JournalServices, _ imports: ImportJobs, to table: inout RouteTable) {
    TradeRoutes(journals).add(to: &table)
    TagRoutes(journals).add(to: &table)
    EntryRoutes(journals).add(to: &table)
    SearchRoutes(journals).add(to: &table)
    HistoryRoutes(journals).add(to: &table)
    ConflictRoutes(journals).add(to: &table)
    ImportRoutes(journals, imports).add(to: &table)
    ExportRoutes(journals).add(to: &table)
    SettingsRoutes(journals).add(to: &table)
    AnalyticsRoutes(journals).add(to: &table)
}

private func addImages(_ services: ImageServices, to table: inout RouteTable) {
    let (images, upload) = (ImageRoutes(services), UploadRoutes(services))
    table.post(
        "/journal/upload", "Upload an image", takes: .multipart(ImageForm.shape),
        answers: [201: .json(ImageView.shape)], upload.upload)
    table.get(
        "/journal/storage", "Get how much space the images take", reads: [], answers: [200: .json(StorageView.shape)],
        images.storage)
    table.get(
        "/journal/images", "List the images, the newest first", reads: ImageRoutes.listFields,
        answers: [200: .json(ImagesView.shape)], images.list)
    table.get(
        "/journal/images/{id}", "Get the bytes of an image, or some of them", reads: [],
        heeds: [BlobRoutes.range, ImageRoutes.ifRange], answers: ImageRoutes.byteAnswers, images.bytes)
    table.get(
        "/journal/images/{id}/thumbnail", "Get a small picture of an image", reads: ImageRoutes.thumbnailFields,
        answers: [200: .bytes([ImageRoutes.thumbnailType])], images.thumbnail)
    table.delete(
        "/journal/images/{id}", "Delete an image", reads: [], answers: [200: .json(DeletedView.shape)],
        images.delete)
}
