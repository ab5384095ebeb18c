import Web

/// Sign-in, sessions and pairing, relative to `/api/v1` as in the API reference.
package func identityAPI(_ identity: IdentityServices, _ admission: SessionAdmission) -> RouteTable {
    var table = RouteTable("/api/v1", admits: admission.person)
    let (signIn, sessions, pairing) = (SignInRoutes(identity), SessionRoutes(identity), PairingRoutes(identity))
    table.get(
        "/auth/nonce", "Get a nonce to sign in with", admits: admission.anonymous,
        answers: [200: .json(NonceView.shape)],
        signIn.nonce)
    table.post(
        "/auth/verify-siwe", "Sign in with a signed EIP-4361 message", admits: admission.anonymous,
        takes: .json(SignInProof.shape), answers: [200: .json(SignInView.shape)], signIn.verify)
    table.post(
        "/auth/refresh", "Get new cookies for the refresh cookie", admits: admission.anonymous,
        answers: [200: .json(RefreshedView.shape)], signIn.refreshCookies)
    table.post(
        "/auth/extension-refresh", "Get new tokens for a refresh token", admits: admission.anonymous,
        takes: .json(RefreshRequest.shape), answers: [200: .json(TokensView.shape)], signIn.refreshTokens)
    table.get("/auth/me", "Get the current user", answers: [200: .json(MeView.shape)], sessions.me)
    table.post("/auth/logout", "End the current session", answers: [204: .nothing], sessions.logout)
    table.post(
        "/auth/revoke-all", "End all sessions", admits: admission.owner, answers: [204: .nothing], sessions.revokeAll)
    table.get(
        "/auth/sessions", "List the sessions that go on", admits: admission.owner,
        answers: [200: .json(SessionsView.shape)],
        sessions.list)
    table.delete(
        "/auth/sessions/{id}", "End a session", admits: admission.owner, answers: [204: .nothing], sessions.revoke)
    table.get(
        "/auth/audit", "Read what happened to the sessions", admits: admission.owner, reads: SessionRoutes.auditFields,
        answers: [200: .json(AuditView.shape)], sessions.audit)

    table.post(
        "/auth/pair-extension", "Make a code that pairs", admits: admission.owner, reads: PairingRoutes.codeFields,
        answers: [200: .json(PairingCodeView.shape)], pairing.make)
    table.get(
        "/auth/pair-extension", "Ask what became of the code", admits: admission.owner,
        answers: [200: .json(PairingStatusView.shape)], pairing.status)
    table.delete(
        "/auth/pair-extension", "Withdraw the code", admits: admission.owner, answers: [204: .nothing], pairing.withdraw
    )
    table.post(
        "/auth/pair-extension/confirm", "Let a claim from another network in", admits: admission.owner,
        takes: .json(PairingConfirmation.shape), answers: [204: .nothing], pairing.confirm)
    table.post(
        "/auth/extension-pair", "Get tokens for a code", admits: admission.anonymous,
        takes: .json(PairingRequest.shape),
        answers: [200: .json(TokensView.shape), 202: .json(PairingPendingView.shape)], pairing.claim)
    return table
}
