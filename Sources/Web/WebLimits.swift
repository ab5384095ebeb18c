/// What one caller may ask of the server. Every number can be configured; these are the defaults.
package struct WebLimits: Hashable, Sendable {
    /// All header fields of a request together, in bytes.
    package static let headersBytesMax = 16 << 10
    package static let headerCountMax = 64
    /// A JSON body, in bytes: the largest is a sign-in message.
    package static let jsonBytesMax = 32 << 10
    /// A JSON body with a note or an entry in it, in bytes: 256 KiB of text, of which each byte may be escaped to six.
    package static let longJSONBytesMax = 6 * (256 << 10) + (32 << 10)
    /// One text of a query, in characters.
    package static let queryTextMax = 256
    /// How often a parameter of the query may be there that may be there more than once.
    package static let queryValuesMax = 50
    /// One frame, and one message of several, in bytes.
    package static let frameBytesMax = 16 << 10
    package static let fragmentsMax = 16
    /// Of one WebSocket request.
    package static let paramsMax = 32
    package static let failedAuthenticationsMax = 5
    /// What waits for a slow reader before its connection is closed.
    package static let waitingEventsMax = 64
    /// How long the other side may take to say goodbye.
    package static let closeSeconds = 2
    /// What the work on one request may take: rows read, versions compared, lines merged.
    package static let workStepsMax = 50_000_000
    /// What the work on one request may make or touch, in bytes.
    package static let workBytesMax = 512 << 20
    /// What an answer is cut into on its way out, in bytes. About that much of each connection waits uncounted.
    package static let pieceBytes = 32 << 10
    /// What an answer takes of the memory that is written while it is sent, in bytes.
    package static let streamBytes = 512 << 10
    /// What a reader takes within `readerSeconds` at least, if there is as much, in bytes.
    package static let readerBytesMin = 16 << 10
    /// Up to here a body is small, as that of most requests: it needs no room and no turn, in bytes.
    package static let smallBodyBytesMax = 64 << 10
    /// What one large body has in memory at most, as it came and unpacked, in bytes.
    private static let largeBodyBytesMax = 16 << 20
    /// Large bodies of one person that are received at once.
    static let receivingPerPersonMax = 3
    /// Large bodies of one person that wait, unread, to be received.
    static let receivingWaitingPerPersonMax = 64
    /// How long nobody is blamed for being slow when room for others is needed.
    package static let readerGraceSeconds = 5

    package var connectionsMax: Int
    /// Of one IPv4 address or IPv6 /64, unless it is a trusted proxy's.
    package var addressConnectionsMax: Int
    /// Requests without a session from one address, in a minute.
    package var strangerPerMinute: Int
    /// Requests without a session from all addresses together, in a minute.
    package var strangersPerMinute: Int
    /// Without a byte from the other side.
    package var idleSeconds: Int
    /// For a whole request body, however steadily it drips.
    package var bodySeconds: Int
    /// For the first request of a connection.
    package var handshakeSeconds: Int
    package var pingSeconds: Int
    package var subscriptionsMax: Int
    /// For the work on one request, without the time in which its body comes.
    package var workSeconds: Int
    /// For a reader to take some of what waits for it.
    package var readerSeconds: Int
    /// Of all answers that wait in memory to be read, in bytes.
    package var answersBytesMax: Int
    /// Of one person's answers that wait in memory to be read, in bytes. No answer is larger.
    package var personAnswersBytesMax: Int
    /// Of all bodies that are in memory, as they came and unpacked, beyond what is small of each, in bytes.
    package var bodiesBytesMax: Int
    /// Of one person's bodies that are in memory, in the same way, in bytes.
    package var personBodiesBytesMax: Int

    /// Room for so many large bodies, and for one more, because nobody gets more than stays free.
    package static func bodyBytes(for largeBodiesMax: Int) -> Int { (largeBodiesMax + 1) * largeBodyBytesMax }

    package init(
        connectionsMax: Int = 10_000, addressConnectionsMax: Int = 1000, strangerPerMinute: Int = 300,
        strangersPerMinute: Int = 6000, idleSeconds: Int = 60, bodySeconds: Int = 120, handshakeSeconds: Int = 10,
        pingSeconds: Int = 30, subscriptionsMax: Int = 16, workSeconds: Int = 60, readerSeconds: Int = 30,
        answersBytesMax: Int = 96 << 20, personAnswersBytesMax: Int = 32 << 20,
        bodiesBytesMax: Int = bodyBytes(for: 8), personBodiesBytesMax: Int = 48 << 20
    ) {
        self.connectionsMax = connectionsMax
        self.addressConnectionsMax = addressConnectionsMax
        self.strangerPerMinute = strangerPerMinute
        self.strangersPerMinute = strangersPerMinute
        self.idleSeconds = idleSeconds
        self.bodySeconds = bodySeconds
        self.handshakeSeconds = handshakeSeconds
        self.pingSeconds = pingSeconds
        self.subscriptionsMax = subscriptionsMax
        self.workSeconds = workSeconds
        self.readerSeconds = readerSeconds
        self.answersBytesMax = answersBytesMax
        self.personAnswersBytesMax = personAnswersBytesMax
        self.bodiesBytesMax = bodiesBytesMax
        self.personBodiesBytesMax = personBodiesBytesMax
    }
}
