/// How much big work there is at once, and how much room it takes.
package enum WorkLimits {
    /// Pieces of big work of one person that run at once.
    static let runningPerPersonMax = 1
    /// Pieces of big work of one person that wait for their turn.
    package static let waitingPerPersonMax = 64
    /// The same of all people.
    package static let waitingMax = 4096

    /// Up to here a body is small: it needs no room, no place and no turn, in bytes.
    static let smallBodyBytesMax = 64 << 10
    /// Large bodies of one person that are received at once.
    static let bodiesPerPersonMax = 3
    /// Large bodies of one person that wait, unread, to be received.
    package static let bodiesWaitingPerPersonMax = 64
    /// What the bodies of one person may have in memory at once, in bytes.
    package static let bodyBytesPerPersonMax: Int64 = 48 << 20
    /// What one large body has in memory at most, packed and unpacked, in bytes.
    static let bodyBytesMax: Int64 = 16 << 20

    /// What one person's imports that wait and exports that are fetched take of the disk, in bytes.
    package static let scratchBytesPerPersonMax: Int64 = 1 << 30
    /// The same of all people.
    package static let scratchBytesMax: Int64 = 16 << 30
}
