"""What Bedrock's models are asked and say, in Converse and in the body of InvokeModel of each model family."""
