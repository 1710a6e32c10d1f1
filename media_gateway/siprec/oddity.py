"""Name what was odd about a recording session: stable codes for the log and for counters, never a reason to refuse."""

from enum import StrEnum


class Oddity(StrEnum):
    """One thing that was not as RFC 7865 and RFC 7866 say, and was lived with."""

    NO_METADATA = "no_metadata"  # only SDP came
    NOT_XML = "not_xml"  # what came as metadata cannot be read
    REPAIRED_XML = "repaired_xml"  # read after a bare "&" was mended
    TRUNCATED_XML = "truncated_xml"  # read up to where it breaks off
    FORBIDDEN_XML = "forbidden_xml"  # it declares entities or a document type
    OVERSIZED_XML = "oversized_xml"  # too long, too deep or too many elements
    UNKNOWN_ROOT = "unknown_root"  # well-formed, but not a recording
    NO_PARTICIPANTS = "no_participants"
    NO_STREAMS = "no_streams"
    NO_ASSOCIATIONS = "no_associations"  # nobody is said to send anything
    UNKNOWN_SENDER = "unknown_sender"  # an association names a participant who is not described
    UNKNOWN_STREAM = "unknown_stream"  # a participant sends on a stream that is not described
    UNKNOWN_LABEL = "unknown_label"  # the SDP's label is not in the metadata
    NO_LABEL = "no_label"
    SAME_LABEL = "same_label"  # two m-lines carry the same label
    MIXED = "mixed"  # several people speak on one stream
    ONE_STREAM = "one_stream"  # a single m-line: one half, or everybody mixed
    UNKNOWN_PARTY = "unknown_party"  # a stream on which nobody is known to speak
    GUESSED_ROLES = "guessed_roles"  # nothing says who is ours; the m-lines' order decided
    OUT_OF_STEP = "out_of_step"  # a partial update speaks of people we were never told of
    BLACK_HOLE = (
        "black_hole"  # c=0.0.0.0 in the first offer; taken as a missing address, not as a hold
    )
    NOT_REQUIRED = "not_required"  # no `Require: siprec`
    NO_FEATURE_TAG = "no_feature_tag"  # Contact without +sip.src
    OLD_CONTENT_TYPE = "old_content_type"  # application/rs-metadata without +xml (before RFC 9806)
    FOUND_BY_CONTENT = (
        "found_by_content"  # a body part with a wrong type, recognised by its root element
    )
    SENT_BOTH_WAYS = "sent_both_ways"  # the offer is sendrecv; answered recvonly
    TOO_MANY_STREAMS = "too_many_streams"  # more m-lines than we have seats
    LATE_ROLES = "late_roles"  # metadata said who is who only after the legs were named
