import Gateways
import Primitives

/// Talks to a server that has its answers ready, and tells what it was asked.
func talk(
    _ answers: [CannedServer.Answer], session: MemorySession? = MemorySession(),
    _ body: (ServerConnection) async throws -> Void
) async throws -> [CannedServer.Question] {
    let server = try await CannedServer(answers)
    let connection = ServerConnection(try ServerURL(server.url), keeper: session, world: .live)
    let result: Result<Void, any Error>
    do {
        try await body(connection)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    await connection.close()
    let questions = server.questions
    try await server.close()
    try result.get()
    return questions
}

extension CannedServer.Question {
    var text: String { String(decoding: body, as: UTF8.self) }
}
