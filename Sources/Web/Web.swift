// How the outside reaches Daybook over HTTP and WebSocket, the same for every API family.
//
//     socket
//       └▶ ConnectionWatch      whether somebody is still there, and reads
//       └▶ SocketChannel        one port speaks both; an upgrade is decided on the first request
//           ├▶ LiveConversation     WebSocket: who it is, what it subscribed to, when it must end
//           └▶ Router               one line per route (`RouteTable`)
//               └▶ RequestLogMiddleware ▶ AnswerHeaderMiddleware ▶ FailureMiddleware
//                   ▶ RequestWork ▶ Admission ▶ the handler
//
// A handler gets a `Call` and gives an `Answer`; whatever it throws meets a status code in `FailureShape` and
// nowhere else. Who may call is said by an `Admission`, and who calls is asked of an `Authenticator`,
// which a family implements: this room knows no database.
//
// Everything from outside is bounded here: connections, headers, bodies, frames, subscriptions, the work on a request
// (`RequestWork`), what waits in memory (`BodyRoom`, `UnreadAnswers`), and how long each may take (`WebLimits`).
