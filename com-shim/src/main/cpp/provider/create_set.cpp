// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// IVssProviderCreateSnapshotSet: the making of a set, from EndPrepare to PostFinalCommit.
#include "answer.h"
#include "gnomon/provider.h"
#include "gnomon/win_guid.h"

namespace gnomon {

namespace {

/** Longer than this, and the next set may be lost (contract 2.3, the soft limit). */
constexpr std::int64_t kSlowCommitMillis = 3000;

std::wstring slowCommitText(std::int64_t millis) { return L"it took " + std::to_wstring(millis) + L" ms while writes were held"; }

}  // namespace

Answer Provider::askAboutSet(Call call, const VSS_ID& setId) {
    return ask(call, {{"setId", fromWindows(setId)}}, VSS_E_PROVIDER_VETO);
}

STDMETHODIMP Provider::EndPrepareSnapshots(VSS_ID setId) {
    return guarded(Method::EndPrepareSnapshots, Subject{&setId}, [&] { return askAboutSet(Call::EndPrepareSnapshots, setId); });
}

STDMETHODIMP Provider::PreCommitSnapshots(VSS_ID setId) {
    runtime_.keepHouse();
    runtime_.window().begin();
    const HRESULT result = guarded(Method::PreCommitSnapshots, Subject{&setId}, [&] {
        Answer answer = askAboutSet(Call::PreCommitSnapshots, setId);
        runtime_.channel().touchCommit(request(Call::CommitSnapshots), fromWindows(setId));
        return answer;
    });
    // If it failed, VSS holds nothing and aborts.
    if (result == S_OK) runtime_.window().hold();
    return result;
}

STDMETHODIMP Provider::CommitSnapshots(VSS_ID setId) {
    const std::uint64_t began = nowMillis();
    const Guid set = fromWindows(setId);
    const HRESULT result = guarded(Method::CommitSnapshots, Subject{&setId}, [&] {
        return answerOf(runtime_.channel().commit(request(Call::CommitSnapshots), set), VSS_E_PROVIDER_VETO);
    });
    const auto millis = static_cast<std::int64_t>(nowMillis() - began);
    runtime_.rememberCommit(CommitTime{set, millis});
    return result;
}

STDMETHODIMP Provider::PostCommitSnapshots(VSS_ID setId, LONG snapshotsCount) {
    const Guid set = fromWindows(setId);
    const std::int64_t commitMillis = runtime_.commitMillis(set);
    const HRESULT result = guarded(Method::PostCommitSnapshots, Subject{&setId}, [&] {
        return ask(Call::PostCommitSnapshots,
                   {{"setId", set}, {"snapshotsCount", std::int64_t{snapshotsCount}}, {"commitMillis", commitMillis}}, VSS_E_PROVIDER_VETO);
    });
    if (commitMillis > kSlowCommitMillis) {
        reportEvent(GNOMON_EVENT_SLOW_COMMIT, Method::CommitSnapshots, result, Subject{&setId}, slowCommitText(commitMillis));
    }
    runtime_.window().end();
    runtime_.events().flush();
    return result;
}

STDMETHODIMP Provider::PreFinalCommitSnapshots(VSS_ID setId) {
    return guarded(Method::PreFinalCommitSnapshots, Subject{&setId}, [&] { return askAboutSet(Call::PreFinalCommitSnapshots, setId); });
}

STDMETHODIMP Provider::PostFinalCommitSnapshots(VSS_ID setId) {
    return guarded(Method::PostFinalCommitSnapshots, Subject{&setId}, [&] { return askAboutSet(Call::PostFinalCommitSnapshots, setId); });
}

STDMETHODIMP Provider::AbortSnapshots(VSS_ID setId) {
    const HRESULT result = guarded(Method::AbortSnapshots, Subject{&setId}, [&] {
        // Whatever the service does: a call of a set that it does not answer ends the connection, and that ends the set.
        return ask(Call::AbortSnapshots, {{"setId", fromWindows(setId)}}, S_OK);
    });
    runtime_.window().end();
    runtime_.events().flush();
    return result;
}

}  // namespace gnomon
