/// The API of the core reference: identity, sync, the journal and health, which share one document.
enum CoreAPI {
    static let base = "/api/v1"

    static let about = """
        Daybook keeps a person's trading journal. A write over REST is a commit of the server's replica of that journal: \
        devices get it with their next sync, and it overwrites nothing that a device wrote at the same time.

        Ids are UUIDs, times are ISO 8601 in UTC, days are in the person's zone. Money, prices and quantities are exact \
        decimals, written as text; they may be sent as numbers. What is not known is null.
        """
}
