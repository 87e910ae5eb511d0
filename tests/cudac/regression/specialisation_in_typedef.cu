template <class F> struct Sig;
template <class R, class... A> typedef struct Sig<R(A...)> { static constexpr int n = sizeof...(A); using result = R; };
